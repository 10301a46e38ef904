"""What can be wrong with a backup or a restoration, in a sentence for the operator."""


class BackupFault(Exception):
    """A sentence that names what is wrong and what to do."""


class Stopped(BackupFault):
    """What was begun is given up, since the program was told to stop."""
