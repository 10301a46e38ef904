"""What keeps persons out of the log of PostgreSQL itself; without Django, since it starts servers too.

Whatever starts a server for us sets all of it: the embedded one, docker-compose.yml and terraform. `manage.py doctor`
asks other servers.
"""

QUIET = {
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    # A failed statement quotes what was being saved, and its detail the row that was refused.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
