package com.sutazai.security.key;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.id.RandomBytes;
import jakarta.inject.Singleton;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;

/**
 * Argon2id (RFC 9106) with 19 MiB, two passes and one lane, as OWASP has it; two at once, because
 * each takes a core and its memory for tens of milliseconds. Stored in the usual form, {@code
 * $argon2id$v=19$m=19456,t=2,p=1$salt$hash}.
 */
@Singleton
class Passwords {
  static final int SHORTEST = 12;
  static final int LONGEST = 256;

  private static final int MEMORY_KIB = 19_456;
  private static final int PASSES = 2;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final int AT_ONCE = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Semaphore room = new Semaphore(AT_ONCE, true);
  private final String nobodys;

  Passwords() {
    nobodys = encoded(new byte[SALT_BYTES], RandomBytes.next(HASH_BYTES));
  }

  /** What is stored of a password. */
  String hash(String password) {
    byte[] salt = RandomBytes.next(SALT_BYTES);
    return encoded(salt, compute(password, salt));
  }

  /** Whether it is the password; takes as long where nothing is stored. */
  boolean matches(String password, @Nullable String stored) {
    String[] parts = (stored == null ? nobodys : stored).split("\\$", -1);
    byte[] salt = Base64.getDecoder().decode(parts[4]);
    byte[] hash = Base64.getDecoder().decode(parts[5]);
    return MessageDigest.isEqual(compute(password, salt), hash) && stored != null;
  }

  private static String encoded(byte[] salt, byte[] hash) {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return String.format(
        Locale.ROOT,
        "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s",
        MEMORY_KIB,
        PASSES,
        base64.encodeToString(salt),
        base64.encodeToString(hash));
  }

  private byte[] compute(String password, byte[] salt) {
    try {
      if (!room.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new ProblemException(
                ErrorCode.SERVER_BUSY, "Too many passwords are being checked; send it again.")
            .retryAfter(PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(ErrorCode.SHUTTING_DOWN, "The request was interrupted.")
          .causedBy(e);
    }
    try {
      var generator = new Argon2BytesGenerator();
      generator.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withMemoryAsKB(MEMORY_KIB)
              .withIterations(PASSES)
              .withParallelism(1)
              .withSalt(salt)
              .build());
      byte[] hash = new byte[HASH_BYTES];
      generator.generateBytes(password.getBytes(UTF_8), hash);
      return hash;
    } finally {
      room.release();
    }
  }
}
