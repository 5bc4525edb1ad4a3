"""Every key of the program, said once: bindings, help screen, command palette and documentation are made from here."""
