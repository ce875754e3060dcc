"""Installed applications, middleware, templates and sign-in."""

from proctor_site.settings.env import BASE_DIR

ROOT_URLCONF = "proctor_site.urls"
ASGI_APPLICATION = "proctor_site.asgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "proctor_site.apps.ProctorSiteConfig",
    "accounts.apps.AccountsConfig",
    "exams.apps.ExamsConfig",
    "proctoring.apps.ProctoringConfig",
    "servestatic.runserver_nostatic",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "channels",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "drf_spectacular",
    "rest_framework",
    "rules.apps.RulesConfig",
    "storages",
]

# ServeStatic first: it is the only asynchronous one, and every change between the two ways of calling costs
# each request two turns of a thread.
MIDDLEWARE = [
    "servestatic.middleware.ServeStaticMiddleware",
    "proctor_site.request_ids.RequestIdMiddleware",
    "proctor_site.response_headers.ResponseHeadersMiddleware",
    "proctor_site.plain_http.PlainHttpMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "accounts.refusal_log.RefusalLogMiddleware",
    # Before sessions: no cookie counts for the clients of the replaced systems. Off unless PROCTOR_COMPAT.
    "proctoring.compat.middleware.CompatMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.TenancyMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "accounts.middleware.RefusalMiddleware",
    "accounts.law_refusals.LawRefusalMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.pages.context.institution",
            ],
        },
    }
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "proctor_site.formats"

AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # a change of the address asks for the password again
ACCOUNT_CHANGE_EMAIL = True  # one address for each person; a new one replaces it once it is confirmed
ACCOUNT_FORMS = {
    "login": "accounts.pages.sign_in_forms.LoginForm",
    "add_email": "accounts.pages.sign_in_forms.AddEmailForm",
    "change_password": "accounts.pages.sign_in_forms.ChangePasswordForm",
    "set_password": "accounts.pages.sign_in_forms.SetPasswordForm",
    "reset_password": "accounts.pages.sign_in_forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.pages.sign_in_forms.ResetPasswordKeyForm",
    "reauthenticate": "accounts.pages.sign_in_forms.ReauthenticateForm",
}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
# Per account, hardly per address: a whole exam hall signs in from one address in the same minute.
ACCOUNT_RATE_LIMITS = {"login": "1200/m/ip", "login_failed": "600/m/ip,8/5m/key"}
# Without "webauthn": its pages in allauth need scripts that are no modules and data written inline.
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.pages.sign_in_forms.AuthenticateForm",
    "reauthenticate": "accounts.pages.sign_in_forms.ReauthenticateByCodeForm",
    "activate_totp": "accounts.pages.sign_in_forms.ActivateTOTPForm",
}
MFA_TOTP_ISSUER = "Proctor"
# MFA_TOTP_TOLERANCE stays 0: allauth forgets a used code after 30 s; one of the next step would work twice.

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "proctor_site.api_errors.problem_details",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Proctor API",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "DESCRIPTION": "Exams, attempts, captures and incidents. Errors are problem details (RFC 9457).",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "proctor_site.api_schema.describe_problems",
        "proctor_site.api_schema.give_examples",
    ],
    "ENUM_NAME_OVERRIDES": {"StateEnum": "exams.states.STATES", "RoleEnum": "accounts.roles.ROLE_CODES"},
}
