"""What a row of figures says of where it comes from, wherever it is saved."""

SYNTHETIC = "Synthetic: invented figures that describe no force, place or person"
SUPPLIED = "Supplied by the programme or published by its sources"
