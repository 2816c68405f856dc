"""What a row of figures says about its origin, wherever it is saved."""

SYNTHETIC = "Synthetic: invented figures that describe no force, place or person"
SUPPLIED = "Supplied by the programme or published by its sources"
