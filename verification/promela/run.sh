#!/usr/bin/env bash
# Checks line.pml in every interleaving, and that each of its mutants is found to be wrong. Needs
# spin and a C compiler; says so and ends well if one of them is missing. Prints one line.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
mutants=6

for tool in spin gcc; do
	if ! command -v "$tool" >/dev/null; then
		echo "promela skipped: $tool is not installed"
		exit 0
	fi
done

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"

# Searches one variant, and leaves what pan says in $work/pan.<mutant>.
search() {
	if ! spin -a "-DMUTANT=$1" "$here/line.pml" >spin.log 2>&1; then
		cat spin.log
		echo "promela failed: spin does not read line.pml, mutant $1"
		exit 1
	fi
	gcc -O2 -DSAFETY -DCOLLAPSE -DVECTORSZ=2048 -w -o pan pan.c
	# pan ends with an error when it finds one; what it says decides.
	./pan -m1000000 >"pan.$1" 2>&1 || true
}

begun=$SECONDS
search 0
if ! grep -q 'errors: 0' pan.0 || grep -qE 'max search depth too small|out of memory|Search not completed' pan.0; then
	cat pan.0
	echo "promela failed: line.pml is wrong, or too large to search"
	exit 1
fi
states="$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' pan.0)"

for mutant in $(seq "$mutants"); do
	search "$mutant"
	if ! grep -qE 'errors: [1-9]' "pan.$mutant"; then
		cat "pan.$mutant"
		echo "promela failed: mutant $mutant was not found"
		exit 1
	fi
done
echo "promela line exhaustive $states states, $mutants of $mutants mutants found, $((SECONDS - begun)) s"
