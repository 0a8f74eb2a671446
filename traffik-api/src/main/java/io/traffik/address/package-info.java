/** Parsing and formatting of IP address literals. Internal to this module. */
package io.traffik.address;
