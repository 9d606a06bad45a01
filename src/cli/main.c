// SPDX-License-Identifier: GPL-3.0-or-later
// main: the program
int main(void) { return 0; }
