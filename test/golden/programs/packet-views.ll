target triple = "bpfel"

@senders = dso_local global [32 x i8] zeroinitializer, section ".maps", align 8
@_license = dso_local global [4 x i8] c"GPL\00", section "license", align 1

define dso_local i32 @drop(ptr %v0) #0 section "xdp" {
entry.0:
  %v1 = alloca [8 x i8], align 8
  %v2 = alloca [8 x i8], align 8
  %v26 = alloca [4 x i8], align 8
  %v50 = alloca [4 x i8], align 8
  %v3 = load i32, ptr %v0, align 4
  %v4 = zext i32 %v3 to i64
  %v5 = inttoptr i64 %v4 to ptr
  store ptr %v5, ptr %v1, align 8
  %v6 = getelementptr i8, ptr %v0, i64 4
  %v7 = load i32, ptr %v6, align 4
  %v8 = zext i32 %v7 to i64
  %v9 = inttoptr i64 %v8 to ptr
  store ptr %v9, ptr %v2, align 8
  br label %body.1
body.1:
  %v10 = load ptr, ptr %v1, align 8
  %v11 = load ptr, ptr %v2, align 8
  %v12 = getelementptr i8, ptr %v10, i64 14
  %v13 = icmp ule ptr %v12, %v11
  br i1 %v13, label %inside.5, label %outside.4
inside.5:
  %v14 = icmp ne ptr %v10, null
  call void @llvm.assume(i1 %v14)
  br label %join.6
outside.4:
  br label %join.6
join.6:
  %v15 = phi ptr [ %v10, %inside.5 ], [ null, %outside.4 ]
  %v16 = icmp ne ptr %v15, null
  br i1 %v16, label %present.7, label %absent.8
present.7:
  %v17 = getelementptr i8, ptr %v15, i64 12
  %v18 = load i16, ptr %v17, align 2
  %v19 = call i16 @llvm.bswap.i16(i16 %v18)
  %v20 = zext i16 %v19 to i64
  br label %join.9
absent.8:
  br label %join.9
join.9:
  %v21 = phi i64 [ %v20, %present.7 ], [ 0, %absent.8 ]
  %v22 = phi i1 [ true, %present.7 ], [ false, %absent.8 ]
  %v23 = icmp eq i64 %v21, 2048
  %v24 = and i1 %v22, %v23
  %v25 = xor i1 %v24, true
  br i1 %v25, label %then.2, label %end.3
then.2:
  store i32 2, ptr %v26, align 4
  br label %return.10
end.3:
  %v27 = load ptr, ptr %v1, align 8
  %v28 = load ptr, ptr %v2, align 8
  %v29 = getelementptr i8, ptr %v27, i64 14
  %v30 = getelementptr i8, ptr %v27, i64 34
  %v31 = icmp ule ptr %v30, %v28
  br i1 %v31, label %inside.12, label %outside.11
inside.12:
  %v32 = icmp ne ptr %v29, null
  call void @llvm.assume(i1 %v32)
  br label %join.13
outside.11:
  br label %join.13
join.13:
  %v33 = phi ptr [ %v29, %inside.12 ], [ null, %outside.11 ]
  %v34 = icmp ne ptr %v33, null
  br i1 %v34, label %and.16, label %then.14
and.16:
  %v35 = getelementptr i8, ptr %v33, i64 8
  %v36 = load i8, ptr %v35, align 1
  %v37 = zext i8 %v36 to i64
  %v38 = icmp ugt i64 %v37, 8
  br i1 %v38, label %yes.17, label %no.18
yes.17:
  %v39 = getelementptr i8, ptr %v33, i64 12
  %v40 = load i32, ptr %v39, align 4
  %v41 = call i32 @llvm.bswap.i32(i32 %v40)
  %v42 = zext i32 %v41 to i64
  br label %join.19
no.18:
  %v43 = getelementptr i8, ptr %v33, i64 16
  %v44 = load i32, ptr %v43, align 4
  %v45 = call i32 @llvm.bswap.i32(i32 %v44)
  %v46 = zext i32 %v45 to i64
  br label %join.19
join.19:
  %v47 = phi i64 [ %v42, %yes.17 ], [ %v46, %no.18 ]
  %v48 = phi i1 [ true, %yes.17 ], [ true, %no.18 ]
  %v49 = phi i32 [ %v40, %yes.17 ], [ %v44, %no.18 ]
  store i32 %v49, ptr %v50, align 4
  %v51 = call ptr inttoptr (i64 1 to ptr)(ptr @senders, ptr %v50)
  call void asm sideeffect "", ""() #2
  %v52 = icmp ne ptr %v51, null
  br i1 %v52, label %end.15, label %then.14
then.14:
  store i32 2, ptr %v26, align 4
  br label %return.10
end.15:
  store i32 1, ptr %v26, align 4
  call void asm sideeffect "", "i"(i64 0) #2
  br label %return.10
return.10:
  %v53 = load i32, ptr %v26, align 4
  ret i32 %v53
}

declare void @llvm.assume(i1)
declare i16 @llvm.bswap.i16(i16)
declare i32 @llvm.bswap.i32(i32)

attributes #0 = { nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #1 = { alwaysinline nounwind "frame-pointer"="all" "no-builtins" "no-jump-tables"="true" }
attributes #2 = { nounwind inaccessiblememonly }
attributes #3 = { nounwind readnone willreturn }
