"""Outgoing e-mail: printed to the console unless a server is named."""

from proctor_site.settings import env

EMAIL_HOST = env.text("PROCTOR_EMAIL_HOST")
EMAIL_BACKEND = "accounts.mail_backend.OnlyToRealAddresses"
MAIL_TRANSPORT = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_PORT = env.integer("PROCTOR_EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("PROCTOR_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.secret("PROCTOR_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("PROCTOR_EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("PROCTOR_EMAIL_FROM", "Proctor <no-reply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
