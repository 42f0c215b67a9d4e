package com.sutazai.inference;

import com.sutazai.platform.caller.CacheControl;
import com.sutazai.platform.caller.Patience;
import jakarta.inject.Singleton;

/** What the caller of the HTTP request at hand says in headers about how it is to be answered. */
@Singleton
public class CallerWishes {
  private final Patience patience;
  private final CacheControl cacheControl;

  CallerWishes(Patience patience, CacheControl cacheControl) {
    this.patience = patience;
    this.cacheControl = cacheControl;
  }

  /** The same request as its caller wishes it to be answered. */
  public ModelRequest on(ModelRequest request) {
    return request.within(patience.find()).wishing(cacheControl.find());
  }
}
