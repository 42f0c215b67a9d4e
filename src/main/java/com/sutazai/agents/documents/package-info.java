/** Documents that callers keep here to find them again by their words. */
@NullMarked
package com.sutazai.agents.documents;

import org.jspecify.annotations.NullMarked;
