# What a developer runs; `just` alone is `just check`.
# Everything is run from the virtual environment that `just setup` makes.

bin := ".venv/bin/"

default: check

# a virtual environment with everything a developer needs
setup:
    python3 -m venv .venv
    {{bin}}pip install -q -e '.[dev]'

# format, lint, types, walls, tests, docs
check: format lint types walls test docs

format:
    {{bin}}ruff format .

lint:
    {{bin}}ruff check .

types:
    {{bin}}mypy

# who may import whom
walls:
    {{bin}}lint-imports

test *words:
    {{bin}}python -m pytest -q -n auto {{words}}

# the reference, from the code
docs:
    {{bin}}python docs/generate.py

# what the commands of the tutorial answer, below them
answers:
    {{bin}}python docs/generate.py --answers

# the pictures of the screens, from the example store
pictures:
    {{bin}}python docs/generate.py --pictures

# start-up times as multiples of a bare Python
bench:
    {{bin}}python benchmarks/startup.py
