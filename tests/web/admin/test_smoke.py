import pytest
from tests.web.admin.conftest import *
PAGES = ["/admin/","/admin/rounds/","/admin/rounds/new/","/admin/rounds/details/?id=round-2024","/admin/indicators/","/admin/indicators/details/?id=0101","/admin/forms/","/admin/forms/details/?id=households/1","/admin/workflows/","/admin/workflows/details/?id=survey_return/1","/admin/org-units/","/admin/org-units/new/","/admin/org-units/edit/?id=1","/admin/villages/","/admin/villages/new/","/admin/villages/edit/?id=v1","/admin/codelists/","/admin/codelists/details/?id=sex/1","/admin/holidays/","/admin/holidays/new/","/admin/holidays/edit/?id=2025-01-28","/admin/holidays/delete/?id=2025-01-28","/admin/accounts/","/admin/accounts/new/","/admin/accounts/import/","/admin/plugins/","/admin/mails/","/admin/audit/"]
@pytest.mark.parametrize("page", PAGES)
def test_page(as_, page):
    r = as_("admin").get(page)
    assert r.status_code == 200, r.text[:800]
