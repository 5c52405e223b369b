// What main.go is built with: pinned here, built by ../../tools.sh.
module trueup.dev/testenv/tools/semver

go 1.26.0

require github.com/Masterminds/semver/v3 v3.5.0
