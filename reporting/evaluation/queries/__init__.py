"""Reading the work of a contract, its promises, and the outcomes of a cycle; nothing here writes."""
