package com.sutazai.tasks.callback;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.json.Check;
import com.sutazai.platform.net.PublicAddress;
import com.sutazai.platform.sql.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Takes callbacks in with their tasks; {@link Courier} brings them. */
@ApplicationScoped
public class Callbacks {
  static final String ALLOW_PRIVATE = "sutazai.tasks.callback.allow-private";

  private static final int LONGEST_URL = 2000;
  private static final int LONGEST_HOST = 255;
  private static final int MOST_REMEMBERED = 10_000;

  /** Zones of IPv6 addresses, and numbers that some systems read as IPv4 addresses. */
  private static final Pattern ODD_HOST =
      Pattern.compile("%|^(?!\\[|[0-9]+(\\.[0-9]+){3}$)(.*\\.)?[0-9][^.]*\\.?$");

  private static final Pattern IPV4 = Pattern.compile("[0-9]+(\\.[0-9]+){3}");

  private final CallbackConfig config;
  private final CallbackRepository repository;
  private final Set<UUID> open = ConcurrentHashMap.newKeySet();
  private final Semaphore signal = new Semaphore(0);

  Callbacks(CallbackConfig config, CallbackRepository repository) {
    this.config = config;
    this.repository = repository;
  }

  /**
   * Checks an address that a caller wants to be told at. A name is checked again, by the addresses
   * that it has then, with each delivery.
   */
  public Callback checked(String field, String url) {
    URI uri = parsed(field, Check.text(field, url, LONGEST_URL));
    if (!"http".equalsIgnoreCase(uri.getScheme()) && !"https".equalsIgnoreCase(uri.getScheme())) {
      throw ProblemException.invalid(field, "must begin with http:// or https://");
    }
    if (uri.getRawUserInfo() != null) {
      throw ProblemException.invalid(
          field, "must not hold a user or password: callbacks are signed instead");
    }
    String host = uri.getHost();
    if (host == null || host.length() > LONGEST_HOST || ODD_HOST.matcher(host).find()) {
      throw ProblemException.invalid(
          field,
          "must name a host: a domain name of letters, digits, hyphens and dots, or an IP address");
    }
    if (uri.getPort() == 0 || uri.getPort() > 65_535) {
      throw ProblemException.invalid(field, "must name a port between 1 and 65535, or none");
    }
    if (uri.getRawFragment() != null) {
      throw ProblemException.invalid(field, "must not have a fragment: it is never sent");
    }
    if (!config.allowPrivate() && isPrivate(host)) {
      throw ProblemException.invalid(
          field,
          "must not lead to a loopback, private or otherwise special address; to allow them set "
              + ALLOW_PRIVATE
              + "=true");
    }
    return Callback.of(uri);
  }

  private static URI parsed(String field, String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      throw ProblemException.invalid(
          field, "is no URL: " + e.getReason() + " at character " + (e.getIndex() + 1));
    }
  }

  /** What can be told without asking a name server: addresses, and localhost (RFC 6761). */
  private static boolean isPrivate(String host) {
    if (host.startsWith("[") || IPV4.matcher(host).matches()) {
      return !PublicAddress.is(InetAddress.ofLiteral(bare(host)));
    }
    String name = host.toLowerCase(Locale.ROOT).replaceAll("\\.$", "");
    return name.equals("localhost") || name.endsWith(".localhost");
  }

  /** Without the brackets that an IPv6 address has in a URL. */
  static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** A task that was stored in the same transaction, and whom it calls back. */
  public record Wanted(UUID taskId, UUID owner, Callback callback) {}

  /** Stores callbacks, after their tasks and in the same transaction. */
  public void add(Sql sql, List<Wanted> wanted) {
    if (wanted.isEmpty()) {
      return;
    }
    repository.add(sql, wanted);
    if (open.size() > MOST_REMEMBERED) {
      open.clear(); // those ended elsewhere; a look finds what is forgotten here
    }
    wanted.forEach(each -> open.add(each.taskId()));
  }

  /**
   * Says, after the commit, that a task has ended. One that was taken in and ended by this process
   * calls back at once, another with the next look.
   */
  public void ended(UUID taskId) {
    if (!open.isEmpty() && open.remove(taskId)) {
      wake();
    }
  }

  void wake() {
    if (signal.availablePermits() == 0) {
      signal.release();
    }
  }

  /** Waits until something may be due, at most so long. */
  void await(Duration most) throws InterruptedException {
    if (signal.tryAcquire(most.toMillis(), TimeUnit.MILLISECONDS)) {
      signal.drainPermits();
    }
  }

  /** How the task's callback stands; empty when the owner has no such task, or it has none. */
  Optional<CallbackState> find(UUID owner, UUID taskId) {
    return repository.find(owner, taskId).map(CallbackState::from);
  }
}
