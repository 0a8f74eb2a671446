package io.traffik.servlet;

import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.apache.catalina.Context;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.ContextConfig;
import org.apache.catalina.startup.Tomcat;

/**
 * Starts and stops a web application several times on one Tomcat, and prints what remains of it.
 */
final class RedeploymentMain {

  private static final int TIMES = 6;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Logger ROOT = Logger.getLogger("");

  private RedeploymentMain() {}

  public static void main(String[] arguments) throws Exception {
    Warnings warnings = new Warnings();
    ROOT.addHandler(warnings);
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(arguments[1]);
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
    var unusedHost = tomcat.getHost();
    tomcat.start();
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      loaders.add(deployAndStop(tomcat, Path.of(arguments[0])));
    }
    // The JDK keeps the class loader of what it has linked last, so one more comes last.
    var unusedLoader = deployAndStop(tomcat, Path.of(arguments[0]));
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (remaining(loaders) > 0 && System.nanoTime() - end < 0) {
      System.gc();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
    System.out.println("class loaders that remain: " + remaining(loaders));
    System.out.println("warnings: " + warnings.messages.size());
    warnings.messages.forEach(System.out::println);
    Thread.getAllStackTraces().keySet().forEach(System.out::println);
    System.exit(0);
  }

  private static long remaining(List<WeakReference<ClassLoader>> loaders) {
    return loaders.stream().filter(loader -> loader.get() != null).count();
  }

  private static WeakReference<ClassLoader> deployAndStop(Tomcat tomcat, Path application)
      throws Exception {
    Context context = new StandardContext();
    context.setPath("");
    context.setDocBase(application.toString());
    context.addLifecycleListener(new ContextConfig());
    tomcat.getHost().addChild(context);
    WeakReference<ClassLoader> loader = new WeakReference<>(context.getLoader().getClassLoader());
    StringBuilder statuses = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      statuses.append(' ').append(status(tomcat));
    }
    System.out.println("answers:" + statuses);
    tomcat.getHost().removeChild(context);
    return loader;
  }

  private static int status(Tomcat tomcat) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/");
    return CLIENT.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding()).statusCode();
  }

  /** The warnings of Tomcat and of what runs in it. */
  private static final class Warnings extends Handler {

    private final ConcurrentLinkedQueue<String> messages = new ConcurrentLinkedQueue<>();

    @Override
    public void publish(LogRecord message) {
      String text = new SimpleFormatter().format(message);
      // Tomcat may start this thread of its own while it starts an application.
      if (message.getLevel().intValue() >= Level.WARNING.intValue()
          && !text.contains("Catalina-utility")) {
        messages.add(text);
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
