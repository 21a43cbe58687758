# The same commands as dev.py, for fingers that type make.
.PHONY: setup run test bench lint lock

setup run test bench lint lock:
	@python3 dev.py $@ $(ARGS)
