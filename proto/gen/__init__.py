"""The generator of proto/: what each module makes is said in its first lines; generate.py puts them together."""
