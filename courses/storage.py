"""Files that have no public address."""

from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible


@deconstructible
class PrivateStorage(FileSystemStorage):
    """A folder outside the public media: a view serves its files after an access check, or nobody does."""

    def url(self, name: str | None) -> str:
        raise NotImplementedError("A private file has no address of its own.")
