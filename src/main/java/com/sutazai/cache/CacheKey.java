package com.sutazai.cache;

import java.util.UUID;

/**
 * What an entry is found by within its region. Entries of one owner are never another's.
 *
 * @param owner whose data it is
 * @param text what was asked for; unambiguous within the region
 */
public record CacheKey(UUID owner, String text) {}
