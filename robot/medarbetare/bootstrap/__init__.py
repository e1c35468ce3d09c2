"""The only place that builds and wires objects. Everything else is given what it needs.

Imported after `medarbetare.database.connection.load_models`, because models are wired here.
"""

from medarbetare.bootstrap.common import build_conflicts as build_conflicts
from medarbetare.bootstrap.common import build_holds as build_holds
from medarbetare.bootstrap.common import build_journal as build_journal
from medarbetare.bootstrap.common import build_plan as build_plan
from medarbetare.bootstrap.common import build_retention as build_retention
from medarbetare.bootstrap.common import check_needs as check_needs
from medarbetare.bootstrap.common import check_selectors as check_selectors
from medarbetare.bootstrap.common import load_one_workflow as load_one_workflow
from medarbetare.bootstrap.common import load_workflows as load_workflows
from medarbetare.bootstrap.common import missing_secrets as missing_secrets
from medarbetare.bootstrap.common import open_database as open_database
from medarbetare.bootstrap.common import read_keys as read_keys
from medarbetare.bootstrap.common import today_of as today_of
from medarbetare.bootstrap.portals import Portals as Portals
from medarbetare.bootstrap.portals import build_inboxes as build_inboxes
from medarbetare.bootstrap.portals import build_portals as build_portals
from medarbetare.bootstrap.restoring import build_watch as build_watch
from medarbetare.bootstrap.rules import build_decision_list as build_decision_list
from medarbetare.bootstrap.rules import build_redecision as build_redecision
from medarbetare.bootstrap.rules import department_of_the_robot as department_of_the_robot
from medarbetare.bootstrap.service import build_supervisor as build_supervisor
from medarbetare.bootstrap.service import build_web as build_web
from medarbetare.bootstrap.worker import WorkerProcess as WorkerProcess
from medarbetare.bootstrap.worker import build_reconciliation as build_reconciliation
from medarbetare.bootstrap.worker import build_restore as build_restore
from medarbetare.bootstrap.worker import build_worker as build_worker
from medarbetare.configuration import Configuration as Configuration
from medarbetare.configuration import read_configuration as read_configuration
