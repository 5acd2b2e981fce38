// Named here and not in tsconfig.json, which must be readable before the packages are installed.
/// <reference types="jest" />
