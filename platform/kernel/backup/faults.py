"""What can be wrong with a backup or a restoration, in a sentence for the operator."""


class BackupFault(Exception):
    """A sentence that names what is wrong and what to do."""
