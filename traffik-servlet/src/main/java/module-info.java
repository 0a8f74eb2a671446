import org.jspecify.annotations.NullMarked;

/** Rate limiting of Jakarta Servlet applications. */
@NullMarked
module io.traffik.servlet {
  requires static org.jspecify;
  requires transitive io.traffik.core;
  requires transitive jakarta.servlet;

  exports io.traffik.servlet;
}
