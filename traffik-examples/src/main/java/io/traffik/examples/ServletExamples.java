package io.traffik.examples;

import io.traffik.Backend;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import io.traffik.servlet.ServletView;
import io.traffik.servlet.ThrottleFilter;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The examples of docs/servlet.md. */
final class ServletExamples {

  private ServletExamples() {}

  static final class Throttling implements ServletContextListener {
    @Override
    public void contextInitialized(ServletContextEvent event) {
      Throttle api = Throttle.builder("api").rate("100/min").build();
      Backend backend = InMemoryBackend.create("myapp");
      ThrottleFilter.of(api).backend(backend).register(event.getServletContext(), "/api/*");
    }
  }

  static final class SharedBackend implements ServletContextListener {
    private final Backend backend = InMemoryBackend.create("myapp");

    @Override
    public void contextInitialized(ServletContextEvent event) {
      event.getServletContext().setAttribute(ServletView.BACKEND, backend);
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
      backend.close();
    }
  }

  static final class ExportServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final Throttle EXPORT = Throttle.builder("export").rate("1000/day").build();

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      int rows = Integer.parseInt(request.getParameter("rows"));
      EXPORT.enforce(ServletView.of(request), rows);
      response.getWriter().print(rows + " rows");
    }
  }
}
