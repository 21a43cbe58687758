# The same commands as dev.py, for fingers that type make.
.PHONY: setup run demo screenshots test slow fuzz mutate bench lab sim translate package lint lock

setup run demo screenshots test slow fuzz mutate bench lab sim translate package lint lock:
	@python3 dev.py $@ $(ARGS)
