"""Studies: what is asked, of which table, by which design, written down before it is answered."""
