"""URL sets that others wrote: one line per prefix, with the roles' own answers accepted as theirs."""

#: prefix → why it is not listed address by address
THIRD_PARTY = {
    "admin/": "Wagtail's own permissions; tests/people shows that no role without access_admin gets in",
    "accedi/": "allauth: public by nature, or its own sign-in redirect",
    "identita/": "allauth.idp.oidc: OAuth2 endpoints",
    "api/v1/": "tests/consortium holds the API's own matrix of clients and scopes",
    "documents/": "Wagtail documents: the before_serve_document hook, tested in tests/courses",
    "_util/": "Wagtail's page password form",
    "((?:[": "Wagtail's page tree, last of all: public pages; what is inside a course is 404 (tests/courses/test_activities.py)",
}
