# SPDX-License-Identifier: Apache-2.0
#
# kill9 - real programs under kill -9: tests/faults/kill9.c.
exec "$BANTO_BUILD/tests/faults_kill9" "$@"
