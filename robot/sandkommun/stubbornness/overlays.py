"""What lays itself over a page, or opens beside it: markup that is put in at the end of a page's body.

It brings its own styles and names nothing in the page, for it stands in pages of every look. A person can close it.
"""

ANSWERED = "kakval"
"""The cookie that remembers what somebody answered about cookies."""
ASKED = "kakfraga"
"""The cookie of a browser that has been asked and has not answered: every page asks again."""

_FONT = "font:14px/1.45 'Segoe UI','Liberation Sans',Arial,sans-serif;color:#1d2429"
_SHAPE = "font:inherit;padding:8px 16px;margin:0 8px 0 0;border:1px solid #1f3a4d;cursor:pointer"
_BUTTON = f"{_SHAPE};background:#1f3a4d;color:#fff"
_OTHER = f"{_SHAPE};background:#fff;color:#1f3a4d"


def cookies(answered: str) -> str:
    """The question about cookies. `answered`: the cookie that remembers the answer."""
    return f"""<div id="kakbanner" role="region" aria-label="Kakor" style="position:fixed;left:0;right:0;bottom:0;
height:40%;min-height:150px;box-sizing:border-box;z-index:2147483000;background:#fff;border-top:3px solid #1f3a4d;
padding:18px 28px;text-align:left;box-shadow:0 -4px 18px rgba(0,0,0,.3);{_FONT}">
<div style="font-weight:bold;font-size:17px;margin-bottom:6px">Vi använder kakor</div>
<div style="margin-bottom:14px">Webbplatsen använder kakor för att fungera och för att vi ska se hur den används.</div>
<button type="button" style="{_BUTTON}" onclick="kakval('alla')">Godkänn alla kakor</button>
<button type="button" style="{_OTHER}" onclick="kakval('nodvandiga')">Bara nödvändiga kakor</button>
</div>
<script>
function kakval(vad) {{
  document.cookie = "{answered}=" + vad + "; path=/; max-age=31536000; samesite=lax";
  document.getElementById("kakbanner").remove();
}}
</script>
"""


NEWS = f"""<div id="nyhetsruta" style="position:fixed;left:0;top:0;right:0;bottom:0;z-index:2147483001;
background:rgba(20,30,40,.55)">
<div role="dialog" aria-modal="true" aria-labelledby="nyhetsrubrik" style="max-width:460px;margin:8% auto 0;
background:#fff;padding:20px 26px 24px;text-align:left;box-shadow:0 8px 30px rgba(0,0,0,.4);{_FONT}">
<div id="nyhetsrubrik" style="font-weight:bold;font-size:18px;margin-bottom:8px">Nyheter i systemet</div>
<div style="margin-bottom:8px">Vi har förbättrat systemet. Bland annat går det nu snabbare att söka.</div>
<div style="margin-bottom:16px">Läs mer i användarhandboken eller kontakta systemförvaltaren.</div>
<button type="button" style="{_BUTTON}" onclick="document.getElementById('nyhetsruta').remove()">Stäng</button>
</div></div>
"""

_WINDOW_PAGE = (
    "<!DOCTYPE html><html lang='sv'><head><title>Driftinformation</title></head>"
    f'<body style=\\"margin:0;padding:16px 20px;background:#fff;{_FONT}\\">'
    "<h1 style='font-size:18px;margin:0 0 8px'>Driftinformation</h1>"
    "<p>Systemet uppdateras i helgen och kan då vara långsamt. Du behöver inte göra något.</p>"
    "<p><button type='button' onclick='window.close()'>Stäng fönstret</button></p></body></html>"
)
WINDOW = f"""<script>
(function () {{
  var nytt = window.open("", "driftinformation", "width=440,height=260,left=120,top=90");
  if (!nytt) return;
  nytt.document.write("{_WINDOW_PAGE}".replace(/[\\u0080-\\uffff]/g, function (tecken) {{
    return "&#" + tecken.charCodeAt(0) + ";";
  }}));
  nytt.document.close();
}})();
</script>
"""
