"""Use cases named by verbs, called alike by the command line, the board and any job."""
