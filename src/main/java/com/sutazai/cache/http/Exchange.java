package com.sutazai.cache.http;

import com.sutazai.cache.CacheKey;
import com.sutazai.cache.Region;
import com.sutazai.cache.http.CacheStatus.Forward;
import com.sutazai.cache.http.Turns.Turn;
import java.util.Set;

/**
 * A request that goes on to its resource, and what is to be done with the answer.
 *
 * @param tags what the answer is made of
 * @param start taken before the resource began
 */
record Exchange(
    Region<StoredResponse> region,
    CacheKey key,
    Set<String> tags,
    Asked asked,
    Forward why,
    Turn turn,
    Region.Start start) {}
