"""Load → compute → save, one function a stage: the only place that knows domain and store."""
