/* SPDX-License-Identifier: MIT */
/* Measures the start of any program. */

int
main(void)
{
    return 0;
}
