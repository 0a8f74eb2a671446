/** Rate limiting of Jakarta Servlet applications, by a filter. */
package io.traffik.servlet;
