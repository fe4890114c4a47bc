package secrets

// A keyKind is a kind of key that its issuer marks, so that leaked ones are recognised.
type keyKind struct {
	prefix string
	set    uint16 // one of the first five classes: that of the bytes after the prefix
	min    int    // number of these bytes
	exact  bool   // no more than these
	parts  parted // what follows behind a dot
}

// parted says what the further parts of a key are.
type parted uint8

const (
	whole parted = iota
	likeJWT
	likeDiscord
)

// keyKinds are the marks that issuers document, and those that secret scanners look for
// [gitleaks 8.30.1, config/gitleaks.toml; trufflehog, pkg/detectors; detect-secrets,
// detect_secrets/plugins]. Not each was compared with what the issuer says. Where keys may
// grow, the length is a lower bound.
var keyKinds = [...]keyKind{
	{prefix: "AKIA", set: base32, min: 16},               // Amazon Web Services, long-term
	{prefix: "ASIA", set: base32, min: 16},               // and temporary
	{prefix: "ABIA", set: base32, min: 16},               // and bearer
	{prefix: "LTAI", set: alnum, min: 16},                // Alibaba Cloud
	{prefix: "AIza", set: alnum | dash, min: 35},         // Google Cloud API
	{prefix: "GOCSPX-", set: alnum | dash, min: 20},      // Google OAuth client
	{prefix: "ya29.", set: alnum | dash | dot, min: 20},  // Google OAuth access
	{prefix: "ghp_", set: alnum, min: 30},                // GitHub, personal
	{prefix: "gho_", set: alnum, min: 30},                // OAuth
	{prefix: "ghu_", set: alnum, min: 30},                // user to server
	{prefix: "ghs_", set: alnum, min: 30},                // server to server
	{prefix: "ghr_", set: alnum, min: 30},                // refresh
	{prefix: "github_pat_", set: alnum | dash, min: 22},  // fine-grained
	{prefix: "glpat-", set: alnum | dash | dot, min: 20}, // GitLab, personal
	{prefix: "gldt-", set: alnum | dash, min: 20},        // deploy
	{prefix: "glrt-", set: alnum | dash | dot, min: 20},  // runner
	{prefix: "glptt-", set: alnum | dash, min: 20},       // pipeline trigger
	{prefix: "glcbt-", set: alnum | dash, min: 20},       // CI job
	{prefix: "glagent-", set: alnum | dash, min: 20},     // agent for Kubernetes
	{prefix: "glsoat-", set: alnum | dash, min: 20},      // SCIM
	{prefix: "glft-", set: alnum | dash, min: 20},        // feed
	{prefix: "xoxa-", set: alnum | dash, min: 15},        // Slack
	{prefix: "xoxb-", set: alnum | dash, min: 15},        //
	{prefix: "xoxc-", set: alnum | dash, min: 15},        //
	{prefix: "xoxd-", set: alnum | dash, min: 15},        //
	{prefix: "xoxe-", set: alnum | dash, min: 15},        //
	{prefix: "xoxe.", set: alnum | dash | dot, min: 15},  //
	{prefix: "xoxp-", set: alnum | dash, min: 15},        //
	{prefix: "xoxr-", set: alnum | dash, min: 15},        //
	{prefix: "xoxs-", set: alnum | dash, min: 15},        //
	{prefix: "xapp-", set: alnum | dash, min: 15},        //
	{prefix: "sk_live_", set: alnum, min: 16},            // Stripe
	{prefix: "sk_test_", set: alnum, min: 16},            //
	{prefix: "rk_live_", set: alnum, min: 16},            //
	{prefix: "rk_test_", set: alnum, min: 16},            //
	{prefix: "whsec_", set: alnum, min: 24},              // Stripe webhooks
	{prefix: "sk-", set: alnum | dash, min: 20},          // OpenAI, Anthropic and others
	{prefix: "gsk_", set: alnum, min: 40},                // Groq
	{prefix: "hf_", set: alnum, min: 30},                 // Hugging Face
	{prefix: "r8_", set: alnum, min: 30},                 // Replicate
	{prefix: "SG.", set: alnum | dash | dot, min: 40},    // SendGrid
	{prefix: "SK", set: hex, min: 32},                    // Twilio
	{prefix: "key-", set: hex, min: 32},                  // Mailgun
	{prefix: "npm_", set: alnum, min: 36},                // npm
	{prefix: "pypi-", set: alnum | dash, min: 50},        // PyPI
	{prefix: "rubygems_", set: hex, min: 48},             // RubyGems
	{prefix: "dckr_pat_", set: alnum | dash, min: 20},    // Docker Hub
	{prefix: "hvb.", set: alnum | dash, min: 20},         // batch
	{prefix: "hvr.", set: alnum | dash, min: 20},         // recovery
	{prefix: "dop_v1_", set: hex, min: 40},               // DigitalOcean, personal
	{prefix: "doo_v1_", set: hex, min: 40},               // OAuth
	{prefix: "dor_v1_", set: hex, min: 40},               // refresh
	{prefix: "dapi", set: hex, min: 32},                  // Databricks
	{prefix: "dp.pt.", set: alnum, min: 40},              // Doppler
	{prefix: "shpat_", set: hex | base32, min: 32},       // Shopify
	{prefix: "shpca_", set: hex | base32, min: 32},       //
	{prefix: "shppa_", set: hex | base32, min: 32},       //
	{prefix: "shpss_", set: hex | base32, min: 32},       //
	{prefix: "sq0atp-", set: alnum | dash, min: 22},      // Square
	{prefix: "sq0csp-", set: alnum | dash, min: 40},      //
	{prefix: "ATATT3", set: alnum | dash, min: 50},       // Atlassian
	{prefix: "PMAK-", set: hex | dash, min: 40},          // Postman
	{prefix: "NRAK-", set: alnum, min: 20},               // New Relic
	{prefix: "glsa_", set: alnum | dash, min: 32},        // Grafana
	{prefix: "glc_", set: alnum, min: 32},                // Grafana Cloud
	{prefix: "sntrys_", set: alnum | dash, min: 40},      // Sentry
	{prefix: "sntryu_", set: hex, min: 40},               //
	{prefix: "lin_api_", set: alnum, min: 32},            // Linear
	{prefix: "pscale_tkn_", set: alnum | dash, min: 30},  // PlanetScale
	{prefix: "pscale_pw_", set: alnum | dash, min: 30},   //
	{prefix: "pul-", set: hex, min: 40},                  // Pulumi
	{prefix: "sbp_", set: hex, min: 40},                  // Supabase
	{prefix: "tskey-", set: alnum | dash, min: 20},       // Tailscale
	{prefix: "figd_", set: alnum | dash, min: 30},        // Figma
	{prefix: "ntn_", set: alnum, min: 40},                // Notion
	{prefix: "AGE-SECRET-KEY-1", set: base32, min: 40},   // age
	{prefix: "ops_eyJ", set: alnum, min: 40},             // 1Password service accounts
	{prefix: "hvs.", set: alnum | dash, min: 20},         // HashiCorp Vault, service
	{prefix: "s.", set: alnum, min: 24, exact: true},     // before 1.10, service
	{prefix: "b.", set: alnum, min: 90},                  // batch
	{prefix: "glffct-", set: alnum | dash, min: 20},      // feature flags
	{prefix: "glimt-", set: alnum | dash, min: 25},       // incoming mail
	{prefix: "xoxe.xox", set: alnum | dash | dot, min: 40},
	{prefix: "GOOG1E", set: base32, min: 55},                  // Google Cloud Storage, HMAC
	{prefix: "NRII-", set: alnum | dash, min: 32},             // New Relic, insert
	{prefix: "NRJS-", set: hex, min: 19},                      // browser
	{prefix: "dckr_oat_", set: alnum | dash, min: 27},         // Docker Hub, organisation
	{prefix: "sb_secret_", set: alnum | dash, min: 22},        // Supabase
	{prefix: "aio_", set: alnum, min: 28},                     // Adafruit IO
	{prefix: "access-sandbox-", set: hex | dash, min: 36},     // Plaid
	{prefix: "access-development-", set: hex | dash, min: 36}, //
	{prefix: "access-production-", set: hex | dash, min: 36},  //
	{prefix: "rzp_live_", set: alnum, min: 14},                // Razorpay
	{prefix: "rzp_test_", set: alnum, min: 14},                //
	{prefix: "secret-test-", set: alnum | dash, min: 30},      // Stytch
	{prefix: "secret-live-", set: alnum | dash, min: 30},      //
	{prefix: "FLWSECK_TEST-", set: alnum | dash, min: 20},     // Flutterwave
	{prefix: "FLWSECK-", set: alnum | dash, min: 20},          //
	{prefix: "API-", set: alnum, min: 26},                     // Octopus Deploy
	{prefix: "pat-na1-", set: hex | dash, min: 36},            // HubSpot
	{prefix: "pat-eu1-", set: hex | dash, min: 36},            //
	{prefix: "p8e-", set: alnum, min: 32},                     // Adobe
	{prefix: "CLOJARS_", set: alnum, min: 60},                 // Clojars
	{prefix: "xkeysib-", set: alnum | dash, min: 60},          // Brevo
	{prefix: "xsmtpsib-", set: alnum | dash, min: 60},         //
	{prefix: "CFPAT-", set: alnum | dash, min: 40},            // Contentful
	{prefix: "bkua_", set: hex, min: 40},                      // Buildkite
	{prefix: "CCIPAT_", set: alnum | dash, min: 40},           // CircleCI
	{prefix: "pnu_", set: alnum, min: 36},                     // Prefect
	{prefix: "nfp_", set: alnum, min: 36},                     // Netlify
	{prefix: "EZAK", set: alnum, min: 54},                     // EasyPost
	{prefix: "EZTK", set: alnum, min: 54},                     //
	{prefix: "tfp_", set: alnum | dash, min: 40},              // Typeform
	{prefix: "rdme_", set: alnum, min: 70},                    // ReadMe
	{prefix: "tk-us-", set: alnum | dash, min: 48},            // Scalingo
	{prefix: "shippo_live_", set: hex, min: 40},               // Shippo
	{prefix: "shippo_test_", set: hex, min: 40},               //
	{prefix: "duffel_test_", set: alnum | dash, min: 43},      // Duffel
	{prefix: "duffel_live_", set: alnum | dash, min: 43},      //
	{prefix: "dt0c01.", set: alnum | dash | dot, min: 80},     // Dynatrace
	{prefix: "dt0s01.", set: alnum | dash | dot, min: 80},     //
	{prefix: "dt0s02.", set: alnum | dash | dot, min: 80},     //
	{prefix: "fio-u-", set: alnum | dash, min: 64},            // Frame.io
	{prefix: "fo1_", set: alnum | dash, min: 43},              // Fly.io
	{prefix: "fm1_", set: alnum, min: 30},                     //
	{prefix: "fm2_", set: alnum, min: 30},                     //
	{prefix: "4b1d", set: alnum, min: 38, exact: true},        // ClickHouse Cloud
	{prefix: "hashnode_", set: alnum | dash, min: 40},
	{prefix: "ico-", set: alnum, min: 32},                       // Intercom
	{prefix: "AQVN", set: alnum | dash, min: 35},                // Yandex Cloud
	{prefix: "t1.", set: alnum | dash | dot, min: 80},           //
	{prefix: "y0_", set: alnum | dash, min: 50},                 // Yandex OAuth
	{prefix: "phx_", set: alnum, min: 43},                       // PostHog
	{prefix: "sgp_", set: hex, min: 40},                         // Sourcegraph
	{prefix: "vercel_blob_rw_", set: alnum | dash, min: 30},     // Vercel
	{prefix: "nvapi-", set: alnum | dash, min: 60},              // NVIDIA
	{prefix: "pcsk_", set: alnum | dash, min: 60},               // Pinecone
	{prefix: "tvly-", set: alnum | dash, min: 30},               // Tavily
	{prefix: "pplx-", set: alnum, min: 48},                      // Perplexity
	{prefix: "xai-", set: alnum, min: 70},                       // xAI
	{prefix: "ABSK", set: alnum, min: 30},                       // Amazon Bedrock
	{prefix: "bedrock-api-key-", set: alnum, min: 30},           //
	{prefix: "EAAA", set: alnum | dash, min: 60},                // Square, Facebook
	{prefix: "EAAC", set: alnum, min: 40},                       // Facebook
	{prefix: "sl.", set: alnum | dash, min: 130},                // Dropbox
	{prefix: "lin_oauth_", set: hex, min: 64},                   // Linear
	{prefix: "dp.st.", set: alnum | dash | dot, min: 40},        // Doppler
	{prefix: "dp.ct.", set: alnum, min: 40},                     //
	{prefix: "dp.sa.", set: alnum, min: 40},                     //
	{prefix: "dp.scim.", set: alnum, min: 40},                   //
	{prefix: "dp.audit.", set: alnum, min: 40},                  //
	{prefix: "HRKU-", set: alnum | dash, min: 36},               // Heroku
	{prefix: "v1.0-", set: hex | dash, min: 100},                // Cloudflare Origin CA
	{prefix: "ATCTT3", set: alnum | dash, min: 50},              // Atlassian
	{prefix: "ATBB", set: alnum, min: 28},                       // Bitbucket
	{prefix: "pscale_oauth_", set: alnum | dash | dot, min: 30}, // PlanetScale
	{prefix: "pk.eyJ", set: alnum | dash | dot, min: 60},        // Mapbox
	{prefix: "sk.eyJ", set: alnum | dash | dot, min: 60},        //
	{prefix: "AKCp", set: alnum, min: 60},                       // JFrog
	{prefix: "cmVmdGtu", set: alnum, min: 50},                   // JFrog, reference
	{prefix: "oy2", set: alnum, min: 43},                        // NuGet
	{prefix: "pubkey-", set: hex, min: 32},                      // Mailgun
	{prefix: "lsv2_pt_", set: alnum | dash, min: 40},            // LangSmith
	{prefix: "lsv2_sk_", set: alnum | dash, min: 40},            //
	{prefix: "m0-", set: alnum, min: 36},                        // Mem0
	{prefix: "A3T", set: alnum, min: 17},                        // Amazon Web Services
	{prefix: "ACCA", set: base32, min: 16},                      //
	{prefix: "gloas-", set: alnum | dash, min: 20},              // GitLab, OAuth applications
	{prefix: "GR1348941", set: alnum | dash, min: 20},           // runner registration
	{prefix: "A3-", set: alnum | dash, min: 36},                 // 1Password, secret key
	{prefix: "sm_aat_", set: alnum, min: 16},                    // SettleMint
	{prefix: "sm_pat_", set: alnum, min: 16},                    //
	{prefix: "sm_sat_", set: alnum, min: 16},                    //
	{prefix: "api_org_", set: alnum, min: 30},                   // Hugging Face, organisation
	{prefix: "s-s4t2ud-", set: hex, min: 64},                    // Intra 42
	{prefix: "s-s4t2af-", set: hex, min: 64},                    //
	{prefix: "pat.", set: alnum | dash | dot, min: 60},          // Harness
	{prefix: "sat.", set: alnum | dash | dot, min: 60},          //
	{prefix: "sk_prod_", set: alnum, min: 16},                   // Stripe
	{prefix: "rk_prod_", set: alnum, min: 16},                   //
	{prefix: "EAAM", set: alnum, min: 40},                       // Facebook
	{prefix: "dnkey-", set: alnum | dash, min: 70},              // Defined Networking
	{prefix: "squ_", set: hex, min: 40},                         // SonarQube
	{prefix: "sqp_", set: hex, min: 40},                         //
	{prefix: "sqa_", set: hex, min: 40},                         //
	{prefix: "re_", set: alnum | dash, min: 33, exact: true},    // Resend
	{prefix: "amzn.mws.", set: hex | dash, min: 36},             // Amazon Marketplace
	{prefix: "da2-", set: alnum, min: 26, exact: true},          // AWS AppSync
	{prefix: "pdl_live_apikey_", set: alnum | dash, min: 40},    // Paddle [developer.paddle.com, API keys]
	{prefix: "pdl_sdbx_apikey_", set: alnum | dash, min: 40},    //
	{prefix: "AAAAAAAAAAAAAAAAAAAAA", set: alnum, min: 18},      // Twitter, bearer
	{prefix: jwtPrefix, set: alnum | dash, min: 7, parts: likeJWT},
	{prefix: "M", set: alnum | dash, min: 22, parts: likeDiscord}, // Discord: base64 of the number of a bot
	{prefix: "N", set: alnum | dash, min: 22, parts: likeDiscord}, //
	{prefix: "O", set: alnum | dash, min: 22, parts: likeDiscord}, //
}

const jwtPrefix = "eyJ" // base64 of `{"`

// discordEnd returns the end of a Discord token, whose first of three parts ends at dot.
func discordEnd(b []byte, from, dot int) int {
	second := runEnd(b, min(len(b), dot+1), alnum|dash)
	third := runEnd(b, min(len(b), second+1), alnum|dash)
	if !startsWord(b, from) || dot-from > 28 || dot == len(b) || b[dot] != '.' || second-dot != 7 ||
		second == len(b) || b[second] != '.' || third-second < 27 || wordy(b[second+1:third]) {
		return 0
	}
	return third
}

// aroundTilde returns a key with a tilde at b[i]: xxx8Q~ of Azure AD, or sha256~ of
// OpenShift.
func aroundTilde(b []byte, i int) span {
	end := i + 1
	for end < min(len(b), i+64) && (class[b[end]]&wordSet != 0 || b[end] == '~') {
		end++
	}
	switch n := end - i - 1; {
	case n >= 31 && n <= 40 && i >= 5 && b[i-1] == 'Q' && isDigit(b[i-2]):
		from := i - 5
		return span{from, end}
	case n >= 43 && i >= len("sha256") && hasPrefix(b[i-len("sha256"):], "sha256"):
		return span{i + 1, end}
	}
	return span{}
}

// ofBot returns the token of a Telegram bot, whose colon is b[i]: 123456789:AA....
// [core.telegram.org/bots/api]
func ofBot(b []byte, i int) span {
	from, end := i, runEnd(b[:min(len(b), i+48)], i+1, alnum|dash)
	for from > 0 && i-from < 11 && isDigit(b[from-1]) {
		from--
	}
	if i-from < 8 || i-from > 10 || end-i < 34 || wordy(b[i+1:end]) {
		return span{}
	}
	return span{from, end}
}
