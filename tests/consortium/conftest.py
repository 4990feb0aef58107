import pytest


@pytest.fixture
def private_endpoints(settings):
    """Receivers of tests listen on this machine."""
    settings.CONSORTIUM_ALLOW_PRIVATE_ENDPOINTS = True
