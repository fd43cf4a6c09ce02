"""The back office on Flask-Admin: reference data, people, definitions, the desk, the log.

``install(app)`` puts it under ``/admin``. Every page derives from the bases of ``safe_view``.
"""

from server.web.admin.assembly import install

__all__ = ["install"]
