package com.sutazai.gateway.batch;

import com.sutazai.security.limit.OwnBodyLimit;
import jakarta.inject.Singleton;

/** Uploads may be longer than other bodies; {@link PieceWriter} counts them. */
@Singleton
class UploadRoute implements OwnBodyLimit {
  @Override
  public boolean covers(String method, String path) {
    return method.equals("POST") && path.equals(FileResource.PATH);
  }
}
