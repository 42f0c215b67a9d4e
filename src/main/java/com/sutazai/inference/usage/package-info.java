/** What callers used of the models: counted in memory, kept by owner, model and day. */
@NullMarked
package com.sutazai.inference.usage;

import org.jspecify.annotations.NullMarked;
