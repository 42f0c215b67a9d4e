/** The web page: its document at the root and the files that it is made of. */
@NullMarked
package com.sutazai.dashboard;

import org.jspecify.annotations.NullMarked;
