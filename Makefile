# make run      everything a fresh machine needs, then http://127.0.0.1:8000 (PORT=, HOST=)
# make test     what it needs besides, the checks, all tests
# make bench    the measurements
# make offline  an archive in offline/, from which make run works without a network
#
# A step is skipped while its inputs are unchanged. Works with make 3.81 and any POSIX shell.

HOST ?= 127.0.0.1
PORT ?= 8000
# one more than cores: tests also wait, for disks and browsers
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --retries 1 --timeout 15
WHEELS := offline/wheelhouse

.PHONY: run test bench offline
.DEFAULT_GOAL := run

# $(call installed,EXTRAS): the environment holds what setup.cfg names, e.g. EXTRAS = [test].
# Its stamp also holds the folder: an environment does not survive being moved.
define installed
	@stamp='.venv/.installed$(1)'; want="$(CURDIR) $$(cat setup.cfg pyproject.toml | cksum)"; \
	if [ -x $(BIN)/python ] && [ "$$(cat "$$stamp" 2>/dev/null)" = "$$want" ]; then exit 0; fi; \
	for python in python3.11 python3.12 python3.13 python3.14 python3 none; do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	done; \
	if [ $$python = none ]; then \
	  echo '缺少 Python 3.11：请先安装（Debian/Ubuntu：sudo apt install python3 python3-venv；macOS：brew install python@3.11），再重新运行。' >&2; exit 1; \
	fi; \
	if ! [ -x $(BIN)/python ] || ! $(BIN)/python -m pip --version 2>/dev/null | grep -qF "$(CURDIR)/.venv/"; then \
	  $$python -m venv --clear .venv >/dev/null 2>&1 || { \
	    rm -rf .venv; echo '缺少 Python 的 venv 组件：请先安装（Debian/Ubuntu：sudo apt install python3-venv），再重新运行。' >&2; exit 1; }; \
	fi; \
	echo '正在安装 Python 组件，约需半分钟…'; \
	{ [ -d $(WHEELS) ] && $(PIP) install --no-index --find-links $(WHEELS) --editable '.$(1)' >.venv/pip.log 2>&1; } \
	|| $(PIP) install --editable '.$(1)' >.venv/pip.log 2>&1 \
	|| { echo 'Python 组件没有装上：请检查网络（或把有网机器上用 make offline 做好的 offline 目录复制过来）后重新运行，详情见 .venv/pip.log。' >&2; exit 1; }; \
	echo "$$want" >.venv/.installed; echo "$$want" >"$$stamp"
endef

run:
	$(call installed)
	@$(BIN)/python -S web/frontend/build.py || echo '界面暂以简单样式显示，功能不受影响。' >&2
	@exec $(BIN)/steward run --prepare --host $(HOST) --port $(PORT)

# Browser and PostgreSQL tests may skip on a desk, with a reason; with CI=true nothing skips.
test:
	$(call installed,[test])
	@$(BIN)/python -S web/frontend/build.py || [ "$$CI" != true ]
	$(BIN)/black --check engine web tests
	$(BIN)/flake8 engine web tests
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/steward check
	$(BIN)/python -m pytest -n $(JOBS) --maxprocesses 4 --dist worksteal

bench:
	$(call installed,[test])
	@$(BIN)/python -S web/frontend/build.py
	@$(BIN)/python -m tests.benchmarks

offline:
	$(call installed)
	@$(BIN)/python -S web/frontend/build.py
	@rm -rf offline && mkdir offline
	@$(BIN)/python -c 'import configparser as c; p = c.RawConfigParser(); p.read("setup.cfg"); print(p["options"]["install_requires"], "setuptools>=68", sep="\n")' >offline/requirements.txt
	@echo '正在收集 Python 组件…'
	@$(PIP) wheel --wheel-dir $(WHEELS) --requirement offline/requirements.txt >offline/pip.log 2>&1 \
	|| { rm -rf offline/wheelhouse; echo '没有收集到全部 Python 组件：请检查网络后重新运行 make offline，详情见 offline/pip.log。' >&2; exit 1; }
	@cp -R web/static/build offline/build
	@echo "离线包已在 offline/（$$(du -sh offline | cut -f1)）：连同本目录一起复制到同类机器后运行 make run。"
