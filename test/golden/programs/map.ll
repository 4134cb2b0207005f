target triple = "bpfel"

@counts = dso_local global [32 x i8] zeroinitializer, section ".maps", align 8
@_license = dso_local global [4 x i8] c"GPL\00", section "license", align 1

define dso_local i32 @onOpen(ptr %v0) #0 section "tracepoint/syscalls/sys_enter_openat" {
entry.0:
  %v4 = alloca [4 x i8], align 8
  %v8 = alloca [8 x i8], align 8
  %v11 = alloca [8 x i8], align 8
  %v17 = alloca [4 x i8], align 8
  br label %body.1
body.1:
  %v1 = getelementptr i8, ptr %v0, i64 32
  %v2 = load i32, ptr %v1, align 4
  %v3 = sext i32 %v2 to i64
  %v5 = trunc i64 %v3 to i32
  %v6 = zext i32 %v5 to i64
  %v7 = trunc i64 %v6 to i32
  store i32 %v7, ptr %v4, align 4
  %v9 = call ptr inttoptr (i64 1 to ptr)(ptr @counts, ptr %v4)
  store ptr %v9, ptr %v8, align 8
  %v10 = icmp ne ptr %v9, null
  br i1 %v10, label %found.3, label %missing.2
missing.2:
  store i64 0, ptr %v11, align 8
  %v12 = call i64 inttoptr (i64 2 to ptr)(ptr @counts, ptr %v4, ptr %v11, i64 1)
  %v13 = call ptr inttoptr (i64 1 to ptr)(ptr @counts, ptr %v4)
  store ptr %v13, ptr %v8, align 8
  %v14 = icmp ne ptr %v13, null
  br i1 %v14, label %found.3, label %default.4
found.3:
  %v15 = load ptr, ptr %v8, align 8
  %v16 = atomicrmw add ptr %v15, i64 1 seq_cst
  store i32 0, ptr %v17, align 4
  br label %return.5
default.4:
  store i32 0, ptr %v17, align 4
  br label %return.5
return.5:
  %v18 = load i32, ptr %v17, align 4
  ret i32 %v18
}

attributes #0 = { nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #1 = { alwaysinline nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #2 = { nounwind inaccessiblememonly }
attributes #3 = { nounwind readnone willreturn }
