"""Tables of official forms, filled in as far as the platform knows: their layout is versioned data of the app."""
