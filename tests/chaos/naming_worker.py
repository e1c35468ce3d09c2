"""A worker process like any other, whose log says which process wrote each line."""

import os

import structlog

from medarbetare.cli import worker_process

if __name__ == "__main__":
    structlog.contextvars.bind_contextvars(pid=os.getpid())
    worker_process.main()
