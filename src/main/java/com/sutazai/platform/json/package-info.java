/** Reading and writing JSON the same way everywhere. */
@NullMarked
package com.sutazai.platform.json;

import org.jspecify.annotations.NullMarked;
