package secrets

import (
	"regexp"
	"strings"
	"testing"
)

// newRedactor returns a Redactor with the default rules and an empty environment.
func newRedactor() *Redactor {
	return New(Rules{Patterns: []*regexp.Regexp{regexp.MustCompile(LongRun)}, HideSecret: true})
}

// In the tables of these tests # stands for mask.
func masked(s string) string { return strings.ReplaceAll(s, "#", mask) }

const (
	sha1Hex = "d7afafd30af35324dfb55e6a77448672c09e17b5"
	hex32   = "0123456789abcdef0123456789abcdef"
	alnum36 = "0123456789abcdefghijABCDEFGHIJ012345"
	alnum60 = alnum36 + "0123456789abcdefghijABCD"
)

var textTests = []struct{ label, text, want string }{
	{"empty", "", ""},
	{"a verb between", "das Passwort lautet x7Q2wK9zLm4p", "das Passwort lautet #"},
	{"commit", "cherry-picked from " + sha1Hex, "cherry-picked from " + sha1Hex},
	{"row of signs", "0 postgres://bob:hunter2-x!@db/app ======", "0 postgres://bob:#@db/app ======"},
	{"row of bars", "0 api_key: hunter2-x!\n|||||", "0 api_key: #\n|||||"},
	{"two marks", "pw  password=hunter2-x!  w", "pw  password=#  w"},
	{"table of Markdown", "| host | password |\n|---|:--|\n| db1 | merivo-84 |\n| db2 | lapuno_32 |\nx", "| host | password |\n|---|:--|\n| db1 | # |\n| db2 | # |\nx"},
	{"no table of Markdown", "| host | password |\n| db1 | merivo-84 |\n", "| host | password |\n| db1 | merivo-84 |\n"},
	{"SET PASSWORD", "SET PASSWORD FOR 'bob'@'%' = 'merivo-84'", "SET PASSWORD FOR 'bob'@'%' = '#'"},
	{"sha256sum", sha1Hex + "  shop.tar", sha1Hex + "  shop.tar"},
	{"no digest's length", "0" + hex32 + "  x", "#  x"},
	{"argument with -p", "-pW7dqLk82vNz", "-p#"},
	{"arguments that begin with -p", "-printConfigV2", "-printConfigV2"},
	{"IMAP", "a7 LOGIN bob \"melufa.nalako75\"\r\n", "a7 LOGIN bob \"#\"\r\n"},
	{"Snowflake", "loader:tavude-vatemu56@xy45.eu-central-1/SHOP/PUBLIC", "loader:#@xy45.eu-central-1/SHOP/PUBLIC"},
	{"address", "mailto:alice-2024@example.com/x", "mailto:alice-2024@example.com/x"},
	{"checksum in parts", "v1.10.1 h1:b0/UzAf9yR5rhf3RPm9gf3ehBPpf0oZKIjtpKrx59Ho=", "v1.10.1 h1:b0/UzAf9yR5rhf3RPm9gf3ehBPpf0oZKIjtpKrx59Ho="},
	{"instantiated", "Store[go.shape." + hex32 + "]", "Store[go.shape." + hex32 + "]"},
	{"IMAP, a dot for a tag", ". LOGIN bob melufa-75\r\n", ". LOGIN bob #\r\n"},
	{"IMAP, an ordinary word", "a2 LOGIN bob swordfish\r\n", "a2 LOGIN bob #\r\n"},
	{"IMAP, an answer", "a1 LOGIN completed\r\n", "a1 LOGIN completed\r\n"},
	{"IMAP, AUTHENTICATE", "a3 AUTHENTICATE PLAIN AGJvYgBtZWx1ZmE3NQ==\r\n", "a3 AUTHENTICATE PLAIN #\r\n"},
	{"POP, an ordinary word", "USER bob\r\nPASS letmein\r\n", "USER bob\r\nPASS #\r\n"},
	{"SMTP, a mechanism", "AUTH LOGIN\r\n", "AUTH LOGIN\r\n"},
	{"Redis, HELLO", "HELLO 3 AUTH default m7Lu2fa9K SETNAME x\r\n", "HELLO 3 AUTH default # SETNAME x\r\n"},
	{"Redis, lengths", "*2\r\n$4\r\nAUTH\r\n$6\r\nmerivo\r\n*1\r\n$4\r\nPING\r\n",
		"*2\r\n$4\r\nAUTH\r\n$6\r\n#\r\n*1\r\n$4\r\nPING\r\n"},
	{"Redis, a user", "*3\r\n$4\r\nAUTH\r\n$3\r\nbob\r\n$9\r\nm7Lu2fa9K\r\n",
		"*3\r\n$4\r\nAUTH\r\n$3\r\nbob\r\n$9\r\n#\r\n"},
	{"Redis, small letters", "*5\r\n$5\r\nhello\r\n$1\r\n3\r\n$4\r\nauth\r\n$3\r\nbob\r\n$9\r\nm7Lu2fa9K\r\n",
		"*5\r\n$5\r\nhello\r\n$1\r\n3\r\n$4\r\nauth\r\n$3\r\nbob\r\n$9\r\n#\r\n"},
	{"Redis, ACL", "ACL SETUSER bob on >m7Lu2fa9K ~*", "ACL SETUSER bob on ># ~*"},
	{"Redis, nopass", "ACL SETUSER bob on nopass ~*", "ACL SETUSER bob on nopass ~*"},
	{"IRC, NickServ", "PRIVMSG NickServ :IDENTIFY m7Lu2fa9K\r\n", "PRIVMSG NickServ :IDENTIFY #\r\n"},
	{"IRC, a message", "PRIVMSG bob :identify now m7Lu2fa9K later\r\n", "PRIVMSG bob :identify now m7Lu2fa9K later\r\n"},
	{"indented psk", "\tpsk \"two words\"\n", "\tpsk \"#\"\n"},
	{"SNMP", "snmp-server community m7Lu2fa9K RO", "snmp-server community # RO"},
	{"kind before a key", "tacacs-server key 7 0FB7DE0A95", "tacacs-server key 7 #"},
	{"credentials", "bad credentials bob/m7Lu2fa9K: denied", "bad credentials bob/#: denied"},
	{"credentials in a path", "no credentials in /home/bob", "no credentials in /home/bob"},
	{"fed to sudo", "echo swordfish | sudo -S ls", "echo # | sudo -S ls"},
	{"fed to docker", "echo \"m7Lu2fa9K\" | docker login -u b --password-stdin r", "echo \"#\" | docker login -u b --password-stdin r"},
	{"fed to another", "echo swordfish | sort -S 5", "echo swordfish | sort -S 5"},
	{"number of a descriptor", "gpg --passphrase-fd 0 f", "gpg --passphrase-fd 0 f"},
	{"net use", `net use z: \\h\s swordfish /user:bob`, `net use z: \\h\s # /user:bob`},
	{"net use without a password", `net use z: \\h\share1 /user:bob`, `net use z: \\h\share1 /user:bob`},
	{"mc", "mc alias set m http://h:9000 bob m7Lu2fa9K", "mc alias set m http://h:9000 bob #"},
	{"switch of Windows", "xfreerdp /u:bob /p:m7Lu2fa9K /v:h", "xfreerdp /u:bob /p:# /v:h"},
	{"switch of MSBuild", "msbuild /p:Configuration=Release", "msbuild /p:Configuration=Release"},
	{"-storepass", "keytool -storepass swordfish -list", "keytool -storepass # -list"},
	{"key in SQL", "SELECT AES_ENCRYPT(name, 'm7Lu2fa9K')", "SELECT AES_ENCRYPT(name, '#')"},
	{"key of an HMAC", "hmac.New(sha256.New, []byte(\"m7Lu2fa9K\"))", "hmac.New(sha256.New, []byte(\"#\"))"},
	{"digest in SQL", "SELECT hmac(data, key, 'sha256')", "SELECT hmac(data, key, 'sha256')"},
	{"SetPassword", "u.SetPassword(\"swordfish\")", "u.SetPassword(\"#\")"},
	{"a word with a number, behind an arrow", "password -> hunter2", "password -> #"},
	{"a word with a number, on the next line", "Password:\nhunter2\n", "Password:\n#\n"},
	{"a word, on the next line", "Password:\nrequired\n", "Password:\nrequired\n"},
	{"a word with a number, behind is:", "password is: hunter2", "password is: #"},
	{"numbers in a sentence", "pass: all 42 tests", "pass: all 42 tests"},
	{"a URL in a script", "a=>{b}),c(`k`,\"https://u:e.pw@h\",d=>{e}),f?.g", "a=>{b}),c(`k`,\"https://u:#@h\",d=>{e}),f?.g"},
	{"fingerprint with a slash", "SHA256:IsArprz/a69Ty8Krd20ts7NRXc1kHaiFKw4Dv2CS4zK", "SHA256:IsArprz/a69Ty8Krd20ts7NRXc1kHaiFKw4Dv2CS4zK"},
	{"nothing", "goroutine 1 [running]: main.main() exit=2", "goroutine 1 [running]: main.main() exit=2"},
	{"31 letters and digits", "x " + hex32[:31] + " y", "x " + hex32[:31] + " y"},
	{"32 letters and digits", "x " + hex32 + " y", "x # y"},
	{"run between signs", "a-" + hex32 + ".z", "a-#.z"},
	{"two runs", hex32 + "/" + hex32, "#/#"},
	{"invalid UTF-8", "\xff\xfe" + hex32 + "\xff", "\xff\xfe#\xff"},
	{"non-ASCII beside", "é" + hex32 + "é", "é#é"},

	{"base64", "key pU3KGCUwux1tEyze1iN7LtkeP/IfyxlxF+SU1kk8nVw= end", "key #= end"},
	{"scheme and a word with a number", "authorization: token lantern84!", "authorization: #"},
	{"sentence behind authorization", "authorization: token expired today", "authorization: token expired today"},
	{"credential", "credential=lantern84 x", "credential=# x"},
	{"base64, 40 digits", `"wJalrXUtnF9MI/K7MD8NG/bPxRfiCYzXaMPuEK3Y"`, `"#"`},
	{"base64, URL", "pU3KGCUwux1tEyze1-N7LtkeP3Ify_lxF0SU1kk8nVw.", "#."},
	{"base64 among names", "docs.example.com/document/d/pU3KGCUwux1tEyze1-N7LtkeP3Ify_lxF0SU1kk8nVw/edit", "docs.example.com/document/d/#/edit"},
	{"no base64", "github/com/Acme/tools/Pkg2/some_File-Name/TestLongName_V2/More-of-It files/content/6BA7B810-9DAD-11D1-80B4-00C04FD430C8/a", "github/com/Acme/tools/Pkg2/some_File-Name/TestLongName_V2/More-of-It files/content/6BA7B810-9DAD-11D1-80B4-00C04FD430C8/a"},
	{"JWT", "t=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_def!", "t=#!"},
	{"JWT of two parts", "t=eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0. Next", "t=#. Next"},
	{"encrypted JWT", "(eyJhbGciOiJkaXIifQ..aXYtaXY.Y2lwaGVy.dGFn)", "(#)"},
	{"no JWT", "eyJustAWordAndNoMore and eyJ.x", "eyJustAWordAndNoMore and eyJ.x"},

	{"PEM", "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE+/=\n-----END RSA PRIVATE KEY-----\nb", "a\n#\nb"},
	{"PEM, no kind", "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----", "#"},
	{"PEM, escaped", `"-----BEGIN EC PRIVATE KEY-----\nMII+\n-----END EC PRIVATE KEY-----\n"`, `"#\n"`},
	{"PEM, PGP", "-----BEGIN PGP PRIVATE KEY BLOCK-----\nxx\n-----END PGP PRIVATE KEY BLOCK-----.", "#."},
	{"PEM, cut", "a -----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\nbnNz", "a #"},
	{"PEM, cut in END", "-----BEGIN PRIVATE KEY-----\nb3Bl\n-----END PRIV", "#"},
	{"PEM, no END", "-----BEGIN PRIVATE KEY-----\nb3Bl\n-----END \n-----BEGIN PRIVATE KEY-----\nb3Bl\n-----END PRIVATE KEY-----.", "#."},
	{"PEM as a value", "secret=-----BEGIN PRIVATE KEY-----\nMII a\n-----END PRIVATE KEY----- b", "secret=# b"},
	{"certificate", "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----"},

	{"URL", "postgres://bob:hunter2@db.example.com:5432/app", "postgres://bob:#@db.example.com:5432/app"},
	{"URL, no user", "redis://:pw@localhost:6379/0", "redis://:#@localhost:6379/0"},
	{"URL, @ and / in it", "postgres://bob:p@s/s:w@db/app", "postgres://bob:#@db/app"},
	{"URL, ? in it", "amqp://bob:p?w@mq", "amqp://bob:#@mq"},
	{"URL, number", "ftp://bob:1234@host/x", "ftp://bob:#@host/x"},
	{"URL, no password", "ssh://git@example.com:22/x@v1 http://a:80/b@c http://[::1]:80/x@y", "ssh://git@example.com:22/x@v1 http://a:80/b@c http://[::1]:80/x@y"},
	{"URL, verbs", "postgres://%s:%s@%s/%s", "postgres://%s:%s@%s/%s"},
	{"URL query", "https://api/v1?token=abc&page=2&api_key=d%20f", "https://api/v1?token=#&page=2&api_key=#"},
	{"webhook", "post https://hooks.slack.com/services/T0/B0/xyz failed", "post https://hooks.slack.com/services/# failed"},
	{"MySQL driver", "root:p@ss:w@tcp(127.0.0.1:3306)/app?parseTime=true", "root:#@tcp(127.0.0.1:3306)/app?parseTime=true"},
	{"no driver", "(?:\\s+x@([a-z]+)) mysql://x@y(z)", "(?:\\s+x@([a-z]+)) mysql://x@y(z)"},
	{"mail address", "mail bob@example.com (at home)", "mail bob@example.com (at home)"},

	{"bearer header", "Authorization: Bearer abc\r\nHost: x", "Authorization: Bearer #\r\nHost: x"},
	{"basic header", "authorization: Basic eDp5", "authorization: Basic #"},
	{"other header", "Authorization: Digest username=\"u\", response=\"r\"\nHost: x", "Authorization: #\nHost: x"},
	{"header map", "map[Authorization:[Bearer a.b] Cookie:[a=b; c=d] Host:[x]]", "map[Authorization:[Bearer #] Cookie:[#] Host:[x]]"},
	{"header in JSON", `{"Authorization":["Bearer abc"],"Host":["x"]}`, `{"Authorization":["Bearer #"],"Host":["x"]}`},
	{"cookies", "Cookie: a=b; c=d\nHost: x", "Cookie: #\nHost: x"},
	{"set in Go", `h["X-Api-Key"] = "abc"`, `h["X-Api-Key"] = "#"`},
	{"bearer alone", "sent Bearer abc123 twice", "sent Bearer # twice"},
	{"basic alone", "sent Basic dXNlcjpwYXNz twice", "sent Basic # twice"},
	{"bearer of news", "the bearer certificate of Basic Authentication", "the bearer certificate of Basic Authentication"},

	{"key=value", "user=bob password=hunter2 port=5", "user=bob password=# port=5"},
	{"key: value", "passwd: hunter2, user: bob", "passwd: #, user: bob"},
	{"two words", "API key: abc; session id = 7x7Q2wK9z; session id = 77", "API key: #; session id = #; session id = 77"},
	{"libpq", `password='it\'s \\' user=u`, `password='#' user=u`},
	{"libpq, empty", "password= user=bob", "password= user=bob"},
	{"ADO", "Server=x;Pwd=a;b;User=y", "Server=x;Pwd=#;User=y"},
	{"Azure", "AccountName=n;AccountKey=ab+/c==;EndpointSuffix=s", "AccountName=n;AccountKey=#;EndpointSuffix=s"},
	{"signs in it", "password=a,b&c;d)e]f}g'h\"i rest", "password=# rest"},
	{"JSON", `{"user":"bob","api_key": "X","n":1}`, `{"user":"bob","api_key": "#","n":1}`},
	{"JSON, quotes in it", `{"password":"a\"b\\","n":1}`, `{"password":"#","n":1}`},
	{"JSON in JSON", `"{\"password\":\"a\\\"b\",\"n\":1}"`, `"{\"password\":\"#\",\"n\":1}"`},
	{"JSON in JSON in JSON", `{\\\"password\\\":\\\"x\\\",\\\"n\\\":1}`, `{\\\"password\\\":\\\"#\\\",\\\"n\\\":1}`},
	{"JSON, long name", `{"supportsConfigurationDoneRequest":true, "requiredDuringSchedulingIgnoredDuringExecution" : 1}`, `{"supportsConfigurationDoneRequest":true, "requiredDuringSchedulingIgnoredDuringExecution" : 1}`},
	{"JSON, long value", `{"a":"correctHorseBatteryStapleCorrectHorse"} "correctHorseBatteryStapleCorrectHorse": bad`, `{"a":"correctHorseBatteryStapleCorrectHorse"} "correctHorseBatteryStapleCorrectHorse": bad`},
	{"JSON, key as a name", `{"` + hex32 + `":1,"` + alnum60 + `":2}`, `{"#":1,"#":2}`},
	{"JSON number", `{"password":1234,"n":1}`, `{"password":#,"n":1}`},
	{"JSON array", `{"tokens": ["a b", "c"], "n": 1}`, `{"tokens": ["#"], "n": 1}`},
	{"JSON object", `{"credentials":{"user":"u","password":"p"}}`, `{"credentials":{"user":"u","password":"#"}}`},
	{"DSN in JSON", `{"dsn":"user=u password=p","n":1}`, `{"dsn":"user=u password=#","n":1}`},
	{"quote without end", `password="a b c`, `password="#`},
	{"Go struct", "{User:bob Password:hunter2 Pass:x Port:5}", "{User:bob Password:# Pass:# Port:5}"},
	{"Go map", "map[password:hunter2 user:bob]", "map[password:# user:bob]"},
	{"Go bytes", "{Token:[]byte{0x61, 0x62} N:1} {Token:[97 98] N:1}", "{Token:[]byte{#} N:1} {Token:[#] N:1}"},
	{"Go pointer", `{Password:&"x y" N:1} Secret: []byte("a b"), tokens: [] x`, `{Password:&"#" N:1} Secret: []byte("#"), tokens: [] x`},
	{"go-spew", `Password: (string) (len=7) "hunter2",`, `Password: (string) (len=7) "#",`},
	{"escaped line feed before", `a\napi_key=x`, `a\napi_key=#`},
	{"environment", "HOME=/root DB_PASS=x PWD=/root AWS_SECRET_ACCESS_KEY=a/b+c", "HOME=/root DB_PASS=# PWD=/root AWS_SECRET_ACCESS_KEY=#"},
	{"docker", `{"auths":{"host":{"auth":"eDp5"}}}`, `{"auths":{"host":{"auth":"#"}}}`},
	{"XML", "<User>u</User><Password>a b</Password>", "<User>u</User><Password>#</Password>"},
	{"XML, attributes", `<wsse:Password Type="t-PasswordText">x</wsse:Password><ns:token>y</ns:token> <password encrypted="false">z</password><Password x="y"/>a<b/> <input password>c</input> a<b password="">d`, `<wsse:Password Type="t-PasswordText">#</wsse:Password><ns:token>#</ns:token> <password encrypted="false">#</password><Password x="y"/>a<b/> <input password>c</input> a<b password="">d`},
	{"message", "wrong password \"x y\" for user bob, password \"%s\", import password \"example.com/x/password\"", "wrong password \"#\" for user bob, password \"%s\", import password \"example.com/x/password\""},
	{"XML, verbatim", "<Password><![CDATA[a <b> c]]></Password> <Password><![CDATA[a", "<Password><![CDATA[#]]></Password> <Password><![CDATA[#"},
	{"no XML", "Authorization: Bearer <token>\n<a> include <pwd.h>\ninclude <grp.h>", "Authorization: Bearer <token>\n<a> include <pwd.h>\ninclude <grp.h>"},
	{"flag", "mysql --password hunter2 -u bob", "mysql --password # -u bob"},
	{"flag in list", `["mysql","--password","a b","-u"]`, `["mysql","--password","#","-u"]`},
	{"flag without a value", "mysql -p\"\" -u bob", "mysql -p\"\" -u bob"},
	{"flag usage", "  -token string\n    \tthe token", "  -token string\n    \tthe token"},
	{"storage URL", "?sv=1&sig=" + alnum36[:20] + "%2B" + alnum36[:20] + "%3D&se=2", "?sv=1&sig=#&se=2"},

	{"counts and descriptions", "tokenCount=5 maxTokens: 4 passwordFile=/x hasPassword=1", "tokenCount=5 maxTokens: 4 passwordFile=/x hasPassword=1"},
	{"unexpected token", "unexpected token: identifier, token: }", "unexpected token: identifier, token: }"},
	{"invalid token", "invalid token: abc123", "invalid token: #"},
	{"file names", "\t/src/auth/token.go:42 +0x1d, auth/password.go:7:2: x, secrets.yaml: not found", "\t/src/auth/token.go:42 +0x1d, auth/password.go:7:2: x, secrets.yaml: not found"},
	{"settings", "user.token: x, db.password=y token.txt=z", "user.token: #, db.password=# token.txt=z"},
	{"redacted URL", "https://bob:xxxxx@host/", "https://bob:xxxxx@host/"},
	{"tokens", "half the remaining tokens: but more", "half the remaining tokens: but more"},
	{"error texts", "jwt: signature bad, auth: denied, http: named cookie not present, cookie: none", "jwt: signature bad, auth: denied, http: named cookie not present, cookie: none"},
	{"test result", "--- PASS: TestX (0.00s) pass: 5", "--- PASS: TestX (0.00s) pass: 5"},
	{"pair in JSON", `{"name": "DB_PASSWORD",  "value": "x y"}, {"name":"HOST","value":"h"} {\"key\":\"api_key\",\"value\":\"k\"}`, `{"name": "DB_PASSWORD",  "value": "#"}, {"name":"HOST","value":"h"} {\"key\":\"api_key\",\"value\":\"#\"}`},
	{"pair in YAML", "env:\n- name: DB_PASSWORD\n  value: x\n- name: HOST\n  value: h\n", "env:\n- name: DB_PASSWORD\n  value: #\n- name: HOST\n  value: h\n"},
	{"pair in XML", `<add key="ApiToken" value="x"/><input name='csrf_token' value='y'><input name="title" value="t">`, `<add key="ApiToken" value="#"/><input name='csrf_token' value='#'><input name="title" value="t">`},
	{"pair in Go", "[{Name:DB_PASSWORD Value:x} {Name:HOST Value:h}]", "[{Name:DB_PASSWORD Value:#} {Name:HOST Value:h}]"},
	{"no pair", `value: x, "password", value: y; password value=z`, `value: x, "password", value: y; password value=z`},
	{"YAML block", "db:\n  password: |\n    one\n\n    two\n  host: h\n- token: >-\n    three\n  user: u\nsecret: |\n  end", "db:\n  password: |\n    #\n  host: h\n- token: >-\n    #\n  user: u\nsecret: |\n  #"},
	{"YAML block, with more", "secret: !!binary |\n  two\ntoken: &a >\n  three\nuser: u", "secret: !!binary |\n  #\ntoken: &a >\n  #\nuser: u"},
	{"bearer in quotes", `{"h":"Bearer c2VjcmV0LXRva2VuLTE="} -H "X: Bearer c2VjcmV0LXRva2VuLTE="`, `{"h":"Bearer #"} -H "X: Bearer #"`},
	{"SQL, quote", "PASSWORD 'it''s' x IDENTIFIED BY 'a''b''' y", "PASSWORD '#' x IDENTIFIED BY '#' y"},
	{"flag in capitals", "--password WORD --password D --db-password PASSWORD", "--password # --password # --db-password PASSWORD"},
	{"no YAML block", "token: |\nuser: u, password: | x", "token: |\nuser: u, password: | x"},
	{"TOML", "password = \"\"\"\na\"b\n\"\"\"\nuser = 'u'\ntoken = '''x'''\nsecret = \"\"\nhost = \"h\"", "password = \"\"\"#\"\"\"\nuser = 'u'\ntoken = '''#'''\nsecret = \"\"\nhost = \"h\""},
	{"MySQL driver, no host", "dsn: bob:p:w@/app?x=1, git@host:/x", "dsn: bob:#@/app?x=1, git@host:/x"},
	{"SQL", "CREATE USER 'bob'@'%' IDENTIFIED BY 'x y'; alter user bob identified with mysql_native_password by \"z\"; CREATE ROLE bob LOGIN PASSWORD 'w' VALID", "CREATE USER 'bob'@'%' IDENTIFIED BY '#'; alter user bob identified with mysql_native_password by \"#\"; CREATE ROLE bob LOGIN PASSWORD '#' VALID"},
	{"no SQL", "identified by 7, sorted by 'x', password must be, by 'y' PASSWORD $1", "identified by 7, sorted by 'x', password must be, by 'y' PASSWORD $1"},
	{".netrc", "machine h login bob password x\nmachine i\n\tlogin me\n\tpassword y\n\naccount z", "machine h login bob password #\nmachine i\n\tlogin me\n\tpassword #\n\naccount z"},
	{".netrc, others", "default login anonymous password x", "default login anonymous password #"},
	{"no .netrc", "to login a password is needed, login with a password first", "to login a password is needed, login with a password first"},
	{"no header", "authorization: role editor may not delete\nWWW-Authenticate: Bearer realm=\"example\", error=\"x\"", "authorization: role editor may not delete\nWWW-Authenticate: Bearer realm=\"example\", error=\"x\""},
	{"usage", "[--token TOKEN] password = $1 AND token = ? OR secret=$12", "[--token TOKEN] password = $1 AND token = ? OR secret=$12"},
	{"counts in JSON", `{"prompt_tokens":12,"completion_tokens": 34, "token":56}`, `{"prompt_tokens":12,"completion_tokens": 34, "token":#}`},
	{"no keys", "TestServerHandlesManyConcurrentRequestsWithoutLosingAny 0000000000000000000000000000000000000000 img@sha256:" + hex32 + hex32, "TestServerHandlesManyConcurrentRequestsWithoutLosingAny 0000000000000000000000000000000000000000 img@sha256:" + hex32 + hex32},
	{"verbs", `password=%s token: %q, secret=${SECRET} token={{.Key}}`, `password=%s token: %q, secret=${SECRET} token={{.Key}}`},
	{"no verb", "password=%zx token=%1", "password=# token=#"},
	{"nil", "Password:<nil> token=nil secret: true", "Password:<nil> token=nil secret: true"},
	{"masked before", "password=" + mask + " token: " + mask + ", ****", "password=" + mask + " token: " + mask + ", ****"},
	{"beside a mask", "password=" + mask + "tail x", "password=# x"},
}

func TestText(t *testing.T) {
	r := newRedactor()
	for _, tt := range textTests {
		want := masked(tt.want)
		if got := r.Text(tt.text); got != want {
			t.Errorf("%s: Text(%q)\n got %q\nwant %q", tt.label, tt.text, got, want)
		}
		if got, changed := r.Bytes([]byte(tt.text)); string(got) != want || changed != (tt.text != want) {
			t.Errorf("%s: Bytes(%q)\n got %q, %t\nwant %q", tt.label, tt.text, got, changed, want)
		}
		if got := r.Text(want); got != want {
			t.Errorf("%s: Text twice\n got %q\nwant %q", tt.label, got, want)
		}
	}
}

// In this table the sign of a comment is the mask.
func TestTextComment(t *testing.T) {
	text := "password: | # a comment\n  one\nuser: u"
	if got, want := newRedactor().Text(text), strings.Replace(text, "one", mask, 1); got != want {
		t.Errorf("Text(%q) = %q, want %q", text, got, want)
	}
}

// sampleKeys holds one key of each kind, in parts, because whole ones would alarm the
// secret scanners of code hosts.
func sampleKeys() []string {
	var keys []string
	for _, k := range keyKinds {
		alphabet := "0123456789abcdef"
		switch {
		case k.parts != whole:
			continue
		case k.set&hex == 0 && k.set&alnum == 0:
			alphabet = "ABCDEFGHIJKLMNOP234567"
		case k.set&alnum != 0:
			alphabet = "aB3dE6gH9jK2mN5pQ8"
		}
		keys = append(keys, k.prefix+strings.Repeat(alphabet, 12)[:k.min])
	}
	return keys
}

func TestKeys(t *testing.T) {
	r := New(Rules{HideSecret: true}) // without LongRun, which would find most
	for _, key := range sampleKeys() {
		if len(key) < minWord {
			t.Errorf("%q is shorter than minWord: it isn't found", key)
		}
		for _, around := range []string{"#", "a #, b", `"\n#"`, "https://#@host/", "x/#\n"} {
			text, want := strings.ReplaceAll(around, "#", key), masked(around)
			if got := r.Text(text); got != want {
				t.Errorf("Text(%q)\n got %q\nwant %q", text, got, want)
			}
		}
	}
	for _, text := range []string{
		"sk-learn-something-very-long-name", "disk-0123456789abcdefghijkl", "npm_config_registry_of_something_long_name",
		"AKIA-is-a-prefix-of-keys", "pkg.glsa_of_something_else",
	} {
		if got := r.Text(text); got != text {
			t.Errorf("Text(%q) = %q, want it unchanged", text, got)
		}
	}
}

func TestPatterns(t *testing.T) {
	rules := func(hide bool, patterns ...string) Rules {
		r := Rules{HideSecret: hide}
		for _, p := range patterns {
			r.Patterns = append(r.Patterns, regexp.MustCompile(p))
		}
		return r
	}
	for _, tt := range []struct {
		label      string
		rules      Rules
		text, want string
	}{
		{"own pattern", rules(true, "acme-[0-9]+"), "x acme-123 " + hex32, "x # " + hex32},
		{"own pattern and the default", rules(true, "acme-[0-9]+", LongRun), "acme-1 " + hex32, "# #"},
		{"off", rules(false, "acme-[0-9]+", LongRun), "acme-1 password=x " + hex32, "acme-1 password=x " + hex32},
		{"matches part of the mask", rules(true, "red|[*]"), "red hat", "# hat"},
		{"matches all", rules(true, ".*"), "a b\nc", "#\n#"},
		{"matches nothing", rules(true, "x*"), "a b", "a b"},
		{"overlaps a mask", rules(true, `\*[a-z]+`), mask + "tail end", "# end"},
		{"touching matches", rules(true, "[0-9]{3}"), "a123456b", "a#b"},
		{"overlapping kinds", rules(true, "=[a-z]{4}", LongRun), "x=abcd" + hex32, "x#"},
	} {
		r := New(tt.rules)
		want := masked(tt.want)
		if got := r.Text(tt.text); got != want {
			t.Errorf("%s: Text(%q)\n got %q\nwant %q", tt.label, tt.text, got, want)
		}
		if got := r.Text(want); got != want {
			t.Errorf("%s: Text twice\n got %q\nwant %q", tt.label, got, want)
		}
	}
}

// A pattern that matches one more letter after the mask in each pass would run as often as
// the text is long: in the end all of it is hidden.
func TestTextEnds(t *testing.T) {
	r := New(Rules{HideSecret: true, Patterns: []*regexp.Regexp{nil, regexp.MustCompile(`^[a-z]|redacted\*+[a-z]`)}})
	text := strings.Repeat("a", 100)
	if got := r.Text(text); got != mask {
		t.Errorf("Text(%q) = %q, want %q", text, got, mask)
	}
	if got, changed := r.Bytes([]byte(text)); string(got) != mask || !changed {
		t.Errorf("Bytes(%q) = %q, %t, want %q, true", text, got, changed, mask)
	}
}

func TestBytesLeavesInput(t *testing.T) {
	in := []byte("password=hunter2")
	if _, changed := newRedactor().Bytes(in); !changed || string(in) != "password=hunter2" {
		t.Errorf("Bytes changed its input to %q", in)
	}
}
