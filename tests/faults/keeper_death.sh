# SPDX-License-Identifier: Apache-2.0
#
# keeper_death - death of the keeper and of the host: tests/faults/keeper_death.c.
exec "$BANTO_BUILD/tests/faults_keeper_death" "$@"
