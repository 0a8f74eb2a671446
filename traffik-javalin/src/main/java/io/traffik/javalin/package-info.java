/** Rate limiting of Javalin applications, by a plugin and handlers. */
package io.traffik.javalin;
