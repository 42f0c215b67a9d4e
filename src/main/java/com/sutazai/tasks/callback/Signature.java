package com.sutazai.tasks.callback;

import com.sutazai.platform.id.RandomBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs a message as Standard Webhooks (standardwebhooks.com) has it. */
final class Signature {
  private static final String PREFIX = "whsec_";
  private static final String ALGORITHM = "HmacSHA256";
  private static final int LENGTH = 32;

  private Signature() {}

  /**
   * The value of {@code webhook-signature}.
   *
   * @param seconds since 1970, as in {@code webhook-timestamp}
   */
  static String of(byte[] key, String id, long seconds, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      mac.update((id + "." + seconds + ".").getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The key in a secret: what follows {@code whsec_} in base64, else the text itself.
   *
   * @throws IllegalArgumentException when it is no base64
   */
  static byte[] key(String secret) {
    return secret.startsWith(PREFIX)
        ? Base64.getDecoder().decode(secret.substring(PREFIX.length()))
        : secret.getBytes(StandardCharsets.UTF_8);
  }

  static String newSecret() {
    return PREFIX + Base64.getEncoder().encodeToString(RandomBytes.next(LENGTH));
  }
}
