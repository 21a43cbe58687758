# The same commands as dev.py, for fingers that type make.
.PHONY: setup run test slow fuzz bench lint lock

setup run test slow fuzz bench lint lock:
	@python3 dev.py $@ $(ARGS)
